"""What members read and press: texts, formatting, menus, forms, permissions."""
