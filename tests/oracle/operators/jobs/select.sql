-- figures of a day
SELECT name, n FROM events WHERE day = '${session_date}'
