"""What identifies a person: found, masked, left out."""
