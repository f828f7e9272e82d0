package dev.panacea.ace.data.dicom;

/**
 * The window of values that a viewer spreads from black to white (DICOM PS3.3 C.11.2.1.2).
 *
 * @param centre its middle
 * @param width its width
 * @param function {@code LINEAR}, {@code LINEAR_EXACT} or {@code SIGMOID}; anything else is taken as the first
 */
record Window(double centre, double width, String function) {
    /** Whether it can be applied at all. */
    boolean isUsable() {
        return Double.isFinite(centre) && Double.isFinite(width) && (isPlain() ? width >= 1 : width > 0);
    }

    private boolean isPlain() {
        return !function.equals("LINEAR_EXACT") && !function.equals("SIGMOID");
    }

    /** 0 black to 1 white. */
    double of(double value) {
        return switch (function) {
            case "LINEAR_EXACT" -> Math.clamp((value - centre) / width + 0.5, 0, 1);
            case "SIGMOID" -> 1 / (1 + Math.exp(-4 * (value - centre) / width));
            default -> width == 1 ? value > centre - 0.5 ? 1 : 0
                    : Math.clamp((value - (centre - 0.5)) / (width - 1) + 0.5, 0, 1);
        };
    }

    @Override
    public String toString() {
        return "window " + GreyLevels.text(centre) + "/" + GreyLevels.text(width) + (isPlain() ? "" : " " + function);
    }
}
