"""The commands: every screen's twin without a screen. stdout is data, stderr is narration."""
