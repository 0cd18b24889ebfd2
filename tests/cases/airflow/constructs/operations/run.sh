echo from {{ ds }}
