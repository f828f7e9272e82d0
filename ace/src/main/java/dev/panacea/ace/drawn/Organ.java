package dev.panacea.ace.drawn;

/** What there are masks of. They may overlap: a clavicle lies over a lung. */
public enum Organ {
    /** The right lung as far as it is seen free: without heart, mediastinum, fluid, and what is below the diaphragm. */
    LUNG_RIGHT,
    /** The left lung as far as it is seen free. */
    LUNG_LEFT,
    /** The heart, without the great vessels. */
    HEART,
    /** The right clavicle. */
    CLAVICLE_RIGHT,
    /** The left clavicle. */
    CLAVICLE_LEFT,
    /** The bodies of the vertebrae. */
    SPINE,
    /** All below the diaphragm within the rib cage. */
    DIAPHRAGM
}
