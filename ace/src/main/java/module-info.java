/** The training method: crops, views, student and teacher, losses. */
module dev.panacea.ace {
    requires transitive dev.panacea.nn;

    exports dev.panacea.ace.crop;
}
