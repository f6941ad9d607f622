ALTER TABLE `receipts` ADD `prompt_tokens` integer;--> statement-breakpoint
ALTER TABLE `receipts` ADD `completion_tokens` integer;--> statement-breakpoint
ALTER TABLE `receipts` ADD `per_mega_prompt_token` integer;--> statement-breakpoint
ALTER TABLE `receipts` ADD `per_mega_completion_token` integer;