select name from (values ('{{ params.word }}'), ('{{ ds }}')) as t (name) order by 1;
