package dev.panacea.tools.inspect;

import java.util.List;

/**
 * A part of the page.
 *
 * @param title in a few words
 * @param about what its maps show, and how they were computed
 * @param panes the maps
 */
record Part(String title, String about, List<Pane> panes) {}
