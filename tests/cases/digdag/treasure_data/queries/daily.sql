SELECT name FROM users WHERE day = '${session_date}'
