"""江源省: a province that does not exist, for trying, teaching and measuring. Region codes begin with 99."""
