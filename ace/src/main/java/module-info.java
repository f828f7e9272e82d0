/** The training method: crops, views, student and teacher, losses. */
module dev.panacea.ace {
    requires transitive dev.panacea.nn;

    exports dev.panacea.ace.crop;
    exports dev.panacea.ace.head;
    exports dev.panacea.ace.loss;
}
