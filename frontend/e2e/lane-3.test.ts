import "./lane";
import "./many-tasks";
import "./speed";
import "./sessions";
import "./user-isolation";
import "./rapid-actions";
import "./browser-compatibility";
import "./daily-use";
