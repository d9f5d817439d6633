"""Where pictures light up: screens, groups, layouts, pairing."""
