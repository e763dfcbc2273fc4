"""What a document says about itself: kind, title, issuer, dates, region, parts."""
