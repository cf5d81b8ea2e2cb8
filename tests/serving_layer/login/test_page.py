def test_logins_and_logouts_are_noted_and_a_name_that_is_none_is_not_quoted(login, tmp_path):
    client = login(AUDIT_FILE=str(tmp_path / "audit")).test_client()
    entered(client, "anna", "wrong")
    entered(client, PASSWORD, "anna")  # typed into the wrong field
    entered(client)
    client.post("/logout")
    client.post("/logout")
    lines = [json.loads(line) for line in (tmp_path / "audit").read_text().splitlines()]
    assert [(line["act"], line.get("user")) for line in lines] == [
        ("login failed", "anna"),
        ("login failed", None),
        ("logged in", "anna"),
        ("logged out", "anna"),
    ]
    assert PASSWORD not in (tmp_path / "audit").read_text()


def test_nobody_logs_in_whose_login_cannot_be_noted(login, tmp_path):
    client = login(AUDIT_FILE=str(tmp_path / "audit")).test_client()
    (tmp_path / "audit").touch(mode=0o600)
    (tmp_path / "audit").chmod(0o644)
    assert entered(client).status_code == 503
    assert not inside(client)
