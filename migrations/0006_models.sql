CREATE TABLE `models` (
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`sha256` text NOT NULL,
	`object` text,
	`file_bytes` integer NOT NULL,
	`skeleton_sha256` text NOT NULL,
	`skeleton_bytes` integer NOT NULL,
	`facts` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`deleted_at_ms` integer,
	PRIMARY KEY(`tenant_id`, `name`, `version`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `models_object_unique` ON `models` (`object`);--> statement-breakpoint
CREATE INDEX `models_stored` ON `models` (`tenant_id`,`name`) WHERE object IS NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `model_bytes_max` integer DEFAULT 536870912 NOT NULL;--> statement-breakpoint
ALTER TABLE `tenants` ADD `models_max` integer DEFAULT 32 NOT NULL;