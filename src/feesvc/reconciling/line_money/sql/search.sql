SELECT set_config('search_path', 'line_money', true)
