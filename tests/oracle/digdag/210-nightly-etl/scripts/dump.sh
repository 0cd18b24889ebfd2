echo "@@ dump $1 $2 env=$env tables=$tables"
