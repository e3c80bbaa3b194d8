SELECT set_config('search_path', quote_ident(%s) || ', pg_catalog, pg_temp', false)
