"""What an answer must be that refuses."""


def sentence(answer, status):
    """The text of an answer that must be one sentence or two for a reader."""
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, text
    assert answer.mimetype == "text/plain"
    assert 10 < len(text) <= 200
    assert not any(word in text for word in ("Traceback", "<", "Error", ".py"))
    return text
