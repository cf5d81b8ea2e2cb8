"""What a person is shown, asked and answers."""
