DROP TABLE IF EXISTS events;
CREATE TABLE events (day text, name text, n int);
INSERT INTO events VALUES ('${day}', 'it''s', 3), ('${day}', 'other', 4), ('1999-01-01', 'old', 5);
