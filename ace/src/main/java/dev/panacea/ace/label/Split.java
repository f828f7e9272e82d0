package dev.panacea.ace.label;

/** Which part of a data set a picture belongs to. */
public enum Split {
    /** What a model learns from. */
    TRAIN,
    /** What choices are made by, such as when to stop. */
    VALIDATION,
    /** What is reported. */
    TEST
}
