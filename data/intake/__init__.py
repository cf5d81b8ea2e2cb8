"""Files as a clinic and a flow lab have them: recognised, proposed to a person, and put together as one study."""
