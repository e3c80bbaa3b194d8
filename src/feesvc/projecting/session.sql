-- Rows and position go together, so a commit need not wait for the disk: the log is there to redo
-- it. And a plan made while a table was empty must not be kept while the table grows.
SELECT set_config('synchronous_commit', 'off', false),
       set_config('plan_cache_mode', 'force_custom_plan', false)
