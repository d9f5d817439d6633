"""Organisations below one's own: made, named, limited and looked over; nobody sees those beside or above."""
