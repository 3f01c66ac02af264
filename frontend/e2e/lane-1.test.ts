import "./lane";
import "./accessibility";
import "./drafts";
import "./rejected-changes";
import "./every-button";
import "./first-screen";
import "./demo";
