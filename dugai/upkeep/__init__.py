"""运维: backup, restore, drill, scrub, repair, move and health: what makes an installation trustworthy."""
