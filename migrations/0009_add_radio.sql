ALTER TABLE `placements` ADD `modelled_access_ms` real;--> statement-breakpoint
ALTER TABLE `placements` ADD `radio` text;