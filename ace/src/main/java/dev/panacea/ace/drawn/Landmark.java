package dev.panacea.ace.drawn;

/**
 * Places that radiologists name and every frontal chest X-ray has. Right and left are the patient's: right is on the
 * left side of the picture.
 */
public enum Landmark {
    /** The highest point of the right lung. */
    APEX_RIGHT,
    /** The highest point of the left lung. */
    APEX_LEFT,
    /** The end of the right clavicle at the sternum. */
    CLAVICLE_RIGHT,
    /** The end of the left clavicle at the sternum. */
    CLAVICLE_LEFT,
    /** Where the right clavicle crosses the outer edge of the right lung. */
    CLAVICLE_CROSSING_RIGHT,
    /** Where the left clavicle crosses the outer edge of the left lung. */
    CLAVICLE_CROSSING_LEFT,
    /** Where the back part of the right sixth rib crosses the front part of its third. */
    RIB_CROSSING_RIGHT,
    /** Where the back part of the left sixth rib crosses the front part of its third. */
    RIB_CROSSING_LEFT,
    /** The right hilum, where its vessels part. */
    HILUM_RIGHT,
    /** The left hilum, where its vessels part. */
    HILUM_LEFT,
    /** The top of the right half of the diaphragm. */
    DOME_RIGHT,
    /** The top of the left half of the diaphragm. */
    DOME_LEFT,
    /** The right costophrenic angle; above fluid, where the fluid meets the chest wall. */
    ANGLE_RIGHT,
    /** The left costophrenic angle; above fluid, where the fluid meets the chest wall. */
    ANGLE_LEFT,
    /** The point of the heart's outline that is furthest to the patient's right. */
    HEART_RIGHT,
    /** The point of the heart's outline that is furthest to the patient's left. */
    HEART_LEFT,
    /** The outermost point of the aortic arch, left of the spine. */
    AORTIC_ARCH,
    /** Where the trachea parts. */
    CARINA,
    /** The spinous process of the first thoracic vertebra. */
    SPINE_T1,
    /** The spinous process of the fifth thoracic vertebra. */
    SPINE_T5,
    /** The spinous process of the ninth thoracic vertebra. */
    SPINE_T9;

    /** The same place on the patient's other side; itself where there is only one. */
    public Landmark mirror() {
        String other = name().endsWith("_RIGHT") ? name().replace("_RIGHT", "_LEFT")
                : name().replace("_LEFT", "_RIGHT");
        return valueOf(other);
    }
}
