"""A photo in, names out: /classify and the menu "Who is this?"."""
