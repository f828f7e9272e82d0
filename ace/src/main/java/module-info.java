/** The room for the training method: views, student and teacher, losses. It holds no class yet. */
module dev.panacea.ace {
    requires transitive dev.panacea.nn;
}
