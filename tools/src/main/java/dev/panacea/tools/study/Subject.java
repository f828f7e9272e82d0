package dev.panacea.tools.study;

import dev.panacea.ace.study.BackboneFeatures;

/**
 * A network that is studied.
 *
 * @param label what tables and legends call it
 * @param origin where its weights come from
 * @param features the network
 */
public record Subject(String label, String origin, BackboneFeatures features) {}
