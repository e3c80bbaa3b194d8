SELECT position, nullif(booked_on, '-infinity') AS booked_on FROM progress
