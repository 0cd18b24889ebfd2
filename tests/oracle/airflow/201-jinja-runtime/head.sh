echo '@@ head={{ ds }} {{ params.names[0] }}'
