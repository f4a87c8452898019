"""The widgets the screens are made of. They show what they are given and ask nobody."""
