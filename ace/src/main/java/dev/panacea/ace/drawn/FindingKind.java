package dev.panacea.ace.drawn;

/** Illnesses that can be drawn. */
public enum FindingKind {
    /** A ball of tissue in a lung, about 11 to 28 mm across. */
    NODULE("Nodule"),
    /** Fluid beside a lung: it fills the costophrenic angle and rises at the wall. */
    EFFUSION("Effusion"),
    /** Air beside a lung: a fine line, and no vessels beyond it. */
    PNEUMOTHORAX("Pneumothorax"),
    /** A heart wider than half the chest. */
    CARDIOMEGALY("Cardiomegaly"),
    /** A part of a lung filled with fluid instead of air. */
    CONSOLIDATION("Consolidation");

    private final String label;

    FindingKind(String label) {
        this.label = label;
    }

    /** What it is called in the tables of ChestX-ray14. */
    public String label() {
        return label;
    }
}
