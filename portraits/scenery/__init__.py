"""What is around the head: body, clothes, glasses, background, the group."""
