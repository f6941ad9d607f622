CREATE TABLE `board_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`node` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`prefix` text NOT NULL,
	`last4` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer,
	`revoked_at_ms` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `board_keys_hash_unique` ON `board_keys` (`hash`);--> statement-breakpoint
CREATE INDEX `board_keys_by_node` ON `board_keys` (`node`,"created_at_ms" desc,`id`);