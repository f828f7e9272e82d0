package dev.panacea.ace.study;

/** One question about what a network has learned. */
public interface Study {
    /** Its name in one word, for command lines and files. */
    String name();

    /**
     * What is done with how much of what, in a few sentences: with it the numbers can be repeated.
     *
     * @param config as for {@link #run}
     */
    String protocol(StudyConfig config);

    /**
     * Asks one network. The answer is a function of the arguments alone, whatever the number of threads and the size of
     * the batches that the network computes.
     *
     * @throws dev.panacea.tensor.DataException if the data is too little, or lacks what the study needs
     */
    StudyResult run(FeatureExtractor features, StudyData data, StudyConfig config);
}
