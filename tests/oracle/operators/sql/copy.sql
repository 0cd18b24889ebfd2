SELECT name, n FROM events WHERE day = '${day}';
