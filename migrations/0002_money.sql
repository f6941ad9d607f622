CREATE TABLE `invoices` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`period` text NOT NULL,
	`issued_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_once` ON `invoices` (`tenant_id`,`period`);--> statement-breakpoint
CREATE TABLE `prices` (
	`id` text PRIMARY KEY NOT NULL,
	`valid_from_ms` integer NOT NULL,
	`per_request` integer NOT NULL,
	`per_mega_operation` integer NOT NULL,
	`per_kilobyte` integer NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `prices_valid_from_ms_unique` ON `prices` (`valid_from_ms`);--> statement-breakpoint
ALTER TABLE `receipts` ADD `price_list` text DEFAULT 'launch' NOT NULL;--> statement-breakpoint
ALTER TABLE `receipts` ADD `invoice_id` text;--> statement-breakpoint
CREATE INDEX `receipts_by_arrival` ON `receipts` (`tenant_id`);--> statement-breakpoint
CREATE INDEX `receipts_by_invoice` ON `receipts` (`invoice_id`) WHERE invoice_id IS NOT NULL;