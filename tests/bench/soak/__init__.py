"""A day of a busy plant in a fraction of it: what a server holds afterwards that it did not hold before."""
