"""暂存: workbooks that came in, row by row, before a person accepts them."""
