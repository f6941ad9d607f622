CREATE TABLE `catalogue_chunks` (
	`catalogue` text NOT NULL,
	`number` integer NOT NULL,
	`content` blob NOT NULL,
	PRIMARY KEY(`catalogue`, `number`),
	FOREIGN KEY (`catalogue`) REFERENCES `catalogues`(`name`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE TABLE `catalogues` (
	`name` text PRIMARY KEY NOT NULL,
	`bytes` integer NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `catalogues_by_created` ON `catalogues` ("created_at_ms" desc,`name`);