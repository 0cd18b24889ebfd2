SELECT * FROM events WHERE day = '${session_date}';
