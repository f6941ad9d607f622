CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`prefix` text NOT NULL,
	`last4` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer,
	`revoked_at_ms` integer,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash_unique` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE INDEX `api_keys_by_tenant` ON `api_keys` (`tenant_id`,"created_at_ms" desc,`id`);--> statement-breakpoint
CREATE TABLE `placements` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`model` text NOT NULL,
	`class` text NOT NULL,
	`node` text NOT NULL,
	`region` text NOT NULL,
	`origin_lat` real,
	`origin_lon` real,
	`origin_node` text,
	`sub_lat` real NOT NULL,
	`sub_lon` real NOT NULL,
	`sub_alt_km` real NOT NULL,
	`elevation_deg` real,
	`azimuth_deg` real,
	`slant_range_km` real,
	`sunlit` integer NOT NULL,
	`path` text NOT NULL,
	`policy` text,
	`attempts` integer NOT NULL,
	`modelled_light_time_ms` real NOT NULL,
	`modelled_transfer_ms` real NOT NULL,
	`modelled_wait_ms` real NOT NULL,
	`modelled_npu_ms` real NOT NULL,
	`modelled_total_ms` real NOT NULL,
	`modelled_energy_mj` real NOT NULL,
	`measured_wall_ms` real,
	`placed_at_ms` integer NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `placements_by_tenant` ON `placements` (`tenant_id`,"placed_at_ms" desc,`id`);--> statement-breakpoint
CREATE TABLE `receipts` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`key_id` text NOT NULL,
	`node` text NOT NULL,
	`region` text NOT NULL,
	`model` text NOT NULL,
	`model_version` text NOT NULL,
	`class` text NOT NULL,
	`executed_at_ms` integer NOT NULL,
	`operations` integer NOT NULL,
	`energy_mj` integer NOT NULL,
	`npu_us` integer NOT NULL,
	`bytes_up` integer NOT NULL,
	`bytes_down` integer NOT NULL,
	`charge_microcredits` integer NOT NULL,
	`recorded_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `receipts_by_tenant` ON `receipts` (`tenant_id`,`executed_at_ms`);--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `tenants_by_created` ON `tenants` ("created_at_ms" desc,`id`);