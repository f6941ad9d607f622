CREATE TABLE `lease_closings` (
	`lease_id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`spent_microcredits` integer NOT NULL,
	`closed_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
ALTER TABLE `receipts` ADD `lease_id` text;--> statement-breakpoint
ALTER TABLE `receipts` ADD `waived_microcredits` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `receipts_by_lease` ON `receipts` (`lease_id`) WHERE lease_id IS NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `budget_microcredits` integer;--> statement-breakpoint
ALTER TABLE `tenants` ADD `requests_per_minute` integer;