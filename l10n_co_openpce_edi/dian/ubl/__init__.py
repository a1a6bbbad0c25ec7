"""UBL 2.1 as DIAN uses it: safe parsing, typed reading, the pieces other parts write."""
