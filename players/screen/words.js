/** The few words the player itself puts on a wall, Chinese and English together. */

export const WORDS = {
  waiting: ["在工作台“屏幕”页输入此配对码", "Type this code in the desk, page Screens"],
  asking: ["正在连接服务器", "Connecting to the server"],
};
