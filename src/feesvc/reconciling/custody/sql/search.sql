SELECT set_config('search_path', 'custody', true)
